/**
 * Python's pickles read as data. A pickle is a program for a small stack machine that may call any Python function; here
 * every type must be on the caller's list, everything else is refused by name, and nothing is ever run.
 * Opcodes: Python's Lib/pickletools.py, protocols 2 to 5, those that PyTorch and argparse write.
 *
 * None, bool, int, float, str -> null, boolean, number (bigint beyond 2^53), number, string; bytes -> Uint8Array;
 * list and tuple -> array; dict -> Map.
 */
import { CorruptFile, UnsupportedFile } from '../../errors';

/** A Python class or function that a pickle may name. */
export class PickleType {
  constructor(
    /** "module.name" */
    readonly name: string,
    readonly construct: (args: readonly unknown[]) => unknown,
  ) {}
}

/** An instance that is nothing but attributes, such as argparse.Namespace. */
export class PickleRecord {
  readonly fields = new Map<string, unknown>();
}

export interface PickleOptions {
  /** Allowed types by "module.name". */
  readonly types: ReadonlyMap<string, PickleType>;
  /** What stands for an object stored outside the pickle. */
  readonly persistent: (id: unknown) => unknown;
}

/** A run's checkpoint has some hundred thousand opcodes, however large its tensors are. */
const MOST_OPCODES = 2_000_000;

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 1;
}

/**
 * The value of the pickle at `start`, and the position after it.
 * @throws UnsupportedFile naming a type that is not allowed or an opcode that is not read; CorruptFile where bytes run out
 *         or the program makes no sense
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  options: PickleOptions,
): { value: unknown; end: number } {
  const input = new PickleInput(bytes, start);
  const stack: unknown[] = [];
  const marks: number[] = [];
  const memo = new Map<number, unknown>();
  let opcodes = 0;
  let built = 0;

  const pop = (): unknown => {
    if (stack.length <= (marks.at(-1) ?? 0)) throw broken('takes a value from an empty stack');
    return stack.pop();
  };
  const top = (): unknown => {
    if (stack.length === 0) throw broken('takes a value from an empty stack');
    return stack[stack.length - 1];
  };
  const popToMark = (): unknown[] => {
    const mark = marks.pop();
    if (mark === undefined) throw broken('ends a list that was not begun');
    return stack.splice(mark);
  };
  const find = (module: string, name: string): PickleType => {
    const full = `${module}.${name}`;
    const type = options.types.get(full);
    if (!type) {
      throw new UnsupportedFile(
        `checkpoint: refuses the pickled type "${full}", only tensors and plain values are read, and no code of the file was run; it is another kind of file, or made to do harm: get weights from where they came`,
      );
    }
    return type;
  };
  const build = (): void => {
    const args = pop();
    const type = pop();
    if (!(type instanceof PickleType) || !Array.isArray(args))
      throw broken('builds something that is no type');
    count(args.reduce((sum: number, arg) => sum + sizeOf(arg), 1));
    stack.push(type.construct(args));
  };
  /** What is written once can be built from once: a small file that builds from the same list again and again never ends. */
  const count = (values: number): void => {
    built += values;
    if (built > Math.min(bytes.length, MOST_OPCODES)) throw broken('builds more than it holds', OR_HARMFUL);
  };
  const getMemo = (index: number): unknown => {
    if (!memo.has(index)) throw broken(`uses value ${index} before it is there`);
    return memo.get(index);
  };
  const setItems = (items: unknown[]): void => {
    const dict = top();
    if (!(dict instanceof Map) || items.length % 2) throw broken('sets items of something that is no dict');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  };
  const append = (items: unknown[]): void => {
    const list = top();
    if (!Array.isArray(list)) throw broken('appends to something that is no list');
    for (const item of items) list.push(item);
  };
  const popTuple = (length: number): void => {
    const items = Array.from({ length }, pop).reverse();
    stack.push(items);
  };

  for (;;) {
    const opcode = input.byte();
    if (++opcodes > MOST_OPCODES)
      throw new UnsupportedFile(
        `checkpoint: pickle must have up to ${MOST_OPCODES} opcodes, got more; save the state_dict alone`,
      );
    switch (opcode) {
      case 0x80: {
        const protocol = input.byte();
        if (protocol < 2 || protocol > 5) {
          throw new UnsupportedFile(`checkpoint: pickle protocol must be 2 to 5, got ${protocol}`);
        }
        break;
      }
      case 0x95: // FRAME: a hint about buffering
        input.skip(8);
        break;
      case code('.'): {
        const value = pop();
        return { value, end: input.at };
      }

      case code('('):
        marks.push(stack.length);
        break;
      case code('0'):
        pop();
        break;
      case code('1'):
        popToMark();
        break;
      case code('2'):
        stack.push(top());
        break;

      case code('N'):
        stack.push(null);
        break;
      case 0x88:
        stack.push(true);
        break;
      case 0x89:
        stack.push(false);
        break;
      case code('K'):
        stack.push(input.uint(1));
        break;
      case code('M'):
        stack.push(input.uint(2));
        break;
      case code('J'):
        stack.push(input.uint(4) | 0);
        break;
      case 0x8a:
        stack.push(input.long(input.uint(1)));
        break;
      case 0x8b:
        stack.push(input.long(input.uint(4)));
        break;
      case code('G'):
        stack.push(input.float());
        break;

      case code('X'):
        stack.push(input.text(input.uint(4)));
        break;
      case 0x8c:
        stack.push(input.text(input.uint(1)));
        break;
      case 0x8d:
        stack.push(input.text(input.uint(8)));
        break;
      case code('U'): // str of Python 2
        stack.push(input.text(input.uint(1)));
        break;
      case code('T'):
        stack.push(input.text(input.uint(4)));
        break;
      case code('C'):
        stack.push(input.slice(input.uint(1)));
        break;
      case code('B'):
        stack.push(input.slice(input.uint(4)));
        break;
      case 0x8e:
        stack.push(input.slice(input.uint(8)));
        break;

      case code(')'):
      case code(']'):
        stack.push([]);
        break;
      case code('t'):
      case code('l'):
        stack.push(popToMark());
        break;
      case 0x85:
        popTuple(1);
        break;
      case 0x86:
        popTuple(2);
        break;
      case 0x87:
        popTuple(3);
        break;
      case code('a'):
        append([pop()]);
        break;
      case code('e'):
        append(popToMark());
        break;
      case code('}'):
        stack.push(new Map());
        break;
      case code('d'): {
        const items = popToMark();
        stack.push(new Map());
        setItems(items);
        break;
      }
      case code('s'): {
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case code('u'):
        setItems(popToMark());
        break;

      case code('q'):
        memo.set(input.uint(1), top());
        break;
      case code('r'):
        memo.set(input.uint(4), top());
        break;
      case 0x94:
        memo.set(memo.size, top());
        break;
      case code('h'):
        stack.push(getMemo(input.uint(1)));
        break;
      case code('j'):
        stack.push(getMemo(input.uint(4)));
        break;

      case code('c'):
        stack.push(find(input.line(), input.line()));
        break;
      case code('i'): // INST: names a type and builds it at once, as only protocol 0 does
        find(input.line(), input.line());
        throw unknownOpcode(opcode);
      case 0x93: {
        const name = pop();
        const module = pop();
        if (typeof module !== 'string' || typeof name !== 'string') throw broken('names a type by no text');
        stack.push(find(module, name));
        break;
      }
      case code('R'):
      case 0x81:
        build();
        break;
      case code('b'): {
        const state = pop();
        count(sizeOf(state));
        setState(state, top());
        break;
      }
      case code('Q'):
        stack.push(options.persistent(pop()));
        break;

      default:
        throw unknownOpcode(opcode);
    }
  }
}

/** A dict subclass may carry attributes, such as the `_metadata` of a state_dict: they hold no weights. */
function setState(state: unknown, target: unknown): void {
  if (target instanceof Map) return;
  if (!(target instanceof PickleRecord) || !(state instanceof Map)) {
    throw broken('sets the state of something that has none');
  }
  for (const [key, value] of state) {
    if (typeof key === 'string') target.fields.set(key, value);
  }
}

/** Bytes read in order; running out is an error, and no length is believed before the bytes are there. */
class PickleInput {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves on by `length` and returns where it was. */
  skip(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) {
      throw new CorruptFile(
        `checkpoint: pickle must go on for ${length} bytes at ${start}, got ${Math.max(0, this.bytes.length - start)}; the file is cut short or damaged`,
      );
    }
    this.at += length;
    return start;
  }

  byte(): number {
    return this.bytes[this.skip(1)];
  }

  /** Little-endian, exact below 2^53, which no length in a file reaches. */
  uint(size: 1 | 2 | 4 | 8): number {
    const start = this.skip(size);
    if (size === 8) return Number(this.view.getBigUint64(start, true));
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[start + i];
    return value;
  }

  /** Two's complement, little-endian, any length; no PyTorch file has one longer than a few bytes. */
  long(length: number): number | bigint {
    if (length > 64) throw broken(`holds a whole number of ${length} bytes`);
    let value = 0n;
    const digits = this.slice(length);
    for (let i = digits.length - 1; i >= 0; i--) value = value * 256n + BigInt(digits[i]);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** Big-endian, alone among the opcodes. */
  float(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  slice(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.slice(start, start + length);
  }

  text(length: number): string {
    const start = this.skip(length);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes.subarray(start, start + length));
    } catch {
      throw broken('holds text that is not UTF-8');
    }
  }

  /** Up to a line feed, which is dropped. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw broken('ends within a name');
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }
}

function code(character: string): number {
  return character.charCodeAt(0);
}

const OR_HARMFUL = 'the file is damaged or made to do harm: get it again from where it came';

function broken(what: string, advice = 'the file is damaged'): CorruptFile {
  return new CorruptFile(`checkpoint: pickle ${what}; ${advice}`);
}

function unknownOpcode(opcode: number): UnsupportedFile {
  return new UnsupportedFile(
    `checkpoint: pickle must use only the opcodes that PyTorch writes, got 0x${opcode.toString(16).padStart(2, '0')}`,
  );
}
