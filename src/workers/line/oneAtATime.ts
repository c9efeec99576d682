/** Work in the order in which it was asked for, each when the former has ended, well or badly. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let former: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = former.then(work);
    former = turn.catch(() => undefined);
    return turn;
  };
}
