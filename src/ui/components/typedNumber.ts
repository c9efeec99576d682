/** When a number that is being typed counts: on the way to 12 stands 1, which nobody means. */
export interface TypedNumber {
  /** What stands in the field now; null: nothing that is allowed. */
  type(value: number | null): void;
  /** By Enter, or as the field is left: what stands there counts at once, unless it does already. */
  settle(): void;
  /** What has not counted yet never does. */
  drop(): void;
}

/**
 * @param rest ms without typing after which it counts by itself; 0: at once, Infinity: never
 * @param tell hears each number that counts, once
 */
export function typedNumber(rest: number, tell: (value: number) => void): TypedNumber {
  let waiting: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const drop = () => {
    clearTimeout(timer);
    waiting = null;
  };
  const settle = () => {
    const value = waiting;
    drop();
    if (value !== null) tell(value);
  };
  return {
    drop,
    settle,
    type(value) {
      drop();
      waiting = value;
      if (rest === 0) settle();
      else if (value !== null && Number.isFinite(rest)) timer = setTimeout(settle, rest);
    },
  };
}
