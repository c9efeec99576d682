/** How fast this machine multiplies and adds where nothing but the arithmetic decides: what other kernels are held against. */
import { constant, madd } from './vector';

/**
 * 12 sums in registers, each multiplied by a number and added to `count` times: 96 `count` FLOP, as other kernels count them. More would not
 * stay in the 16 registers of x64, fewer wait for each other. They stay near 1; their total goes to `out`, 16 bytes, so that nothing of it
 * can be left out.
 */
export function multiplyAdds(out: usize, count: i32): void {
  const by = constant(0.999);
  const add = constant(0.001);
  let a = constant(0.1);
  let b = constant(0.2);
  let c = constant(0.3);
  let d = constant(0.4);
  let e = constant(0.5);
  let f = constant(0.6);
  let g = constant(0.7);
  let h = constant(0.8);
  let p = constant(0.9);
  let q = constant(1.0);
  let r = constant(1.1);
  let s = constant(1.2);
  for (let i = 0; i < count; i++) {
    a = madd(a, by, add);
    b = madd(b, by, add);
    c = madd(c, by, add);
    d = madd(d, by, add);
    e = madd(e, by, add);
    f = madd(f, by, add);
    g = madd(g, by, add);
    h = madd(h, by, add);
    p = madd(p, by, add);
    q = madd(q, by, add);
    r = madd(r, by, add);
    s = madd(s, by, add);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f));
  const high = f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(p, q)), f32x4.add(r, s));
  v128.store(out, f32x4.add(low, high));
}
