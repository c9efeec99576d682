import { useEffect, useState } from 'react';

/** Ms; slower than a wheel or a held key goes on. */
const REST = 120;

/** The value once it has stayed for a moment: for what is dear to draw and looked at in peace. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), REST);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
