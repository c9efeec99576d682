/** How fast this machine multiplies and adds where nothing but the arithmetic decides: what other kernels are held against. */
import { constant, madd } from './vector';

/**
 * 16 sums in registers, each multiplied by a number and added to `count` times: 128 `count` FLOP, as other kernels count them. They stay
 * near 1; their total goes to `out`, 16 bytes, so that nothing of it can be left out.
 */
export function multiplyAdds(out: usize, count: i32): void {
  const by = constant(0.999);
  const add = constant(0.001);
  let a0 = constant(0.1);
  let a1 = constant(0.2);
  let a2 = constant(0.3);
  let a3 = constant(0.4);
  let a4 = constant(0.5);
  let a5 = constant(0.6);
  let a6 = constant(0.7);
  let a7 = constant(0.8);
  let a8 = constant(0.9);
  let a9 = constant(1.0);
  let b0 = constant(1.1);
  let b1 = constant(1.2);
  let b2 = constant(1.3);
  let b3 = constant(1.4);
  let b4 = constant(1.5);
  let b5 = constant(1.6);
  for (let i = 0; i < count; i++) {
    a0 = madd(a0, by, add);
    a1 = madd(a1, by, add);
    a2 = madd(a2, by, add);
    a3 = madd(a3, by, add);
    a4 = madd(a4, by, add);
    a5 = madd(a5, by, add);
    a6 = madd(a6, by, add);
    a7 = madd(a7, by, add);
    a8 = madd(a8, by, add);
    a9 = madd(a9, by, add);
    b0 = madd(b0, by, add);
    b1 = madd(b1, by, add);
    b2 = madd(b2, by, add);
    b3 = madd(b3, by, add);
    b4 = madd(b4, by, add);
    b5 = madd(b5, by, add);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(f32x4.add(a4, a5), f32x4.add(a6, a7)));
  const high = f32x4.add(f32x4.add(f32x4.add(a8, a9), f32x4.add(b0, b1)), f32x4.add(f32x4.add(b2, b3), f32x4.add(b4, b5)));
  v128.store(out, f32x4.add(low, high));
}
