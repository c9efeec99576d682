/** cells.jsonl: what the cells of a bench came to, a line each, by which a run goes on that was stopped or killed. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CellStore } from '../../engine/bench/runSuite';
import type { CellResult } from '../../engine/bench/suite';
import { textHash } from '../../engine/hash';
import { BadRequest } from '../../errors';
import { addLine, readBytes, writeBehind } from '../../platform/node/files';

/** The first line. Raised where what is kept in a cell changes. */
const HEAD = { syndiff: 'cells of a bench', version: 1 };
const HEAD_LINE = `${JSON.stringify(HEAD)}\n`;

export class CellFile implements CellStore {
  private readonly cells = new Map<string, CellResult<unknown>>();

  private constructor(private readonly path: string) {}

  /**
   * Begins the file where there is none. A last line that was cut short is dropped.
   * @param say told of other lines that are damaged: they are left out, and computed again
   * @throws BadRequest for a file that is another's, or of a later version
   */
  static async open(path: string, say: (sentence: string) => void): Promise<CellFile> {
    const file = new CellFile(path);
    const bytes = existsSync(path) ? new Uint8Array(await readBytes(path)) : new Uint8Array();
    const whole = bytes.subarray(0, bytes.lastIndexOf(NEW_LINE) + 1);
    const [head, ...lines] = new TextDecoder().decode(whole).split('\n').slice(0, -1);
    // Of a process that was killed as it began.
    const isBegun = HEAD_LINE.startsWith(new TextDecoder().decode(bytes));
    if (!isBegun) checkHead(path, head);
    let damaged = 0;
    for (const line of lines) {
      const cell = cellOf(line);
      if (cell) file.cells.set(cell.key, { value: cell.value });
      else damaged++;
    }
    if (damaged > 0)
      say(
        `${path}: ${damaged === 1 ? 'a line is' : `${damaged} lines are`} damaged; left out, and computed again`,
      );
    if (isBegun) await writeBehind(path, 0, new TextEncoder().encode(HEAD_LINE));
    else if (whole.length < bytes.length) await writeBehind(path, whole.length, new Uint8Array());
    return file;
  }

  get(key: string): CellResult<unknown> | null {
    return this.cells.get(key) ?? null;
  }

  /** Failures are not kept: they are tried again. */
  async put(key: string, result: CellResult<unknown>): Promise<void> {
    if (!('value' in result)) return;
    try {
      addLine(this.path, lineOf({ key, value: result.value }));
    } catch (error) {
      const folder = dirname(this.path);
      if (existsSync(folder)) throw error;
      throw new BadRequest(
        `${folder}: must stay where it is while a bench runs, got no such folder; what was kept in it is gone with it: put it back, or begin anew`,
      );
    }
    this.cells.set(key, result);
  }
}

const NEW_LINE = 10;

function checkHead(path: string, head: string | undefined): void {
  const found = jsonOf(head ?? '') as Partial<typeof HEAD> | null;
  if (found?.syndiff !== HEAD.syndiff)
    throw new BadRequest(
      `${path}: must be new or the cells of an earlier bench, got another file; choose another --out`,
    );
  if (found.version !== HEAD.version)
    throw new BadRequest(
      `${path}: must be of version ${HEAD.version}, got ${JSON.stringify(found.version)}; choose another --out`,
    );
}

interface KeptCell {
  key: string;
  value: unknown;
}

/** With a checksum of what it would be without one: a digit that a disk has turned is still JSON. */
function lineOf(cell: KeptCell): string {
  return JSON.stringify({ ...cell, sum: sumOf(cell) });
}

const sumOf = ({ key, value }: KeptCell): string => textHash(JSON.stringify({ key, value })).toString(16);

/** Null for a line that is damaged. Lines of earlier benches have no checksum. */
function cellOf(line: string): KeptCell | null {
  const { key, value, sum, ...others } = (jsonOf(line) ?? {}) as Record<string, unknown>;
  if (typeof key !== 'string' || typeof value !== 'object' || value === null) return null;
  if (Object.keys(others).length > 0) return null;
  return sum === undefined || sum === sumOf({ key, value }) ? { key, value } : null;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
