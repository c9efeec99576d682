/**
 * Channels by fours, the last ones fewer. What loops over pixels is compiled twice: for four channels (`i32`) and for the `count` that are
 * left (`f32`), so that the many do not pay for the few.
 */

@inline
export function get<Kind>(at: usize, count: i32): v128 {
  if (isInteger<Kind>()) return v128.load(at);
  if (count == 1) return v128.load32_zero(at);
  const two = v128.load64_zero(at);
  return count == 2 ? two : f32x4.replace_lane(two, 2, load<f32>(at, 8));
}

@inline
export function put<Kind>(at: usize, v: v128, count: i32): void {
  if (isInteger<Kind>()) {
    v128.store(at, v);
    return;
  }
  store<f32>(at, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(v, 2), 8);
}

/** The same of whatever count. */
export function getSome(at: usize, count: i32): v128 {
  return count >= 4 ? get<i32>(at, 4) : get<f32>(at, count);
}

export function putSome(at: usize, v: v128, count: i32): void {
  if (count >= 4) put<i32>(at, v, 4);
  else put<f32>(at, v, count);
}

/** Adds four numbers to `count` float64. */
export function addTo(sums: usize, v: v128, count: i32): void {
  store<f64>(sums, load<f64>(sums) + f32x4.extract_lane(v, 0));
  if (count > 1) store<f64>(sums, load<f64>(sums, 8) + f32x4.extract_lane(v, 1), 8);
  if (count > 2) store<f64>(sums, load<f64>(sums, 16) + f32x4.extract_lane(v, 2), 16);
  if (count > 3) store<f64>(sums, load<f64>(sums, 24) + f32x4.extract_lane(v, 3), 24);
}
