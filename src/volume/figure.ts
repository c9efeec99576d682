/** "1234", "0.01235": a value in a sentence, with four digits that count. */
export const figure = (value: number): string => String(Number(value.toPrecision(4)));
