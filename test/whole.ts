import { atOnce, type Pieces } from '../src/engine/pieces';

/** A function whose work comes in pieces, as one that does them all. */
export const whole =
  <A extends unknown[], T>(work: (...given: A) => Pieces<T>) =>
  (...given: A): T =>
    atOnce(work(...given));
