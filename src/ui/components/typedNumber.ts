/** When a number that is being typed counts: on the way to 12 stands 1, which nobody means. */
export interface TypedNumber {
  /** What stands in the field now; null: nothing that is allowed. */
  type(value: number | null): void;
  /** By Enter, or as the field is left: what stands there counts at once, unless it does already. */
  settle(): void;
  /**
   * A value has come into force.
   * @returns whether it came from elsewhere: what was being typed is forgotten then. One that was asked for here may come late, when the
   * next is being typed already
   */
  arrives(value: number | null): boolean;
  /** What has not counted yet never does. */
  drop(): void;
}

/**
 * @param inForce the value at first; null: none
 * @param rest ms without typing after which it counts by itself; 0: at once, Infinity: never
 * @param tell hears each number that counts, once
 */
export function typedNumber(
  inForce: number | null,
  rest: number,
  tell: (value: number) => void,
): TypedNumber {
  let valid = inForce;
  // What is in force, or on its way: until a volume is open the one before is in force, to which one may go back.
  let asked = inForce;
  let waiting: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const drop = () => {
    clearTimeout(timer);
    waiting = null;
  };
  const settle = () => {
    const value = waiting;
    drop();
    if (value === null || (value === valid && value === asked)) return;
    asked = value;
    tell(value);
  };
  return {
    drop,
    settle,
    arrives(value) {
      const isOwn = value === asked || value === waiting;
      valid = value;
      asked = value;
      if (!isOwn) drop();
      return !isOwn;
    },
    type(value) {
      drop();
      waiting = value;
      if (rest === 0) settle();
      else if (value !== null && Number.isFinite(rest)) timer = setTimeout(settle, rest);
    },
  };
}
