/**
 * Which folder is this tab's: its id lies in the tab's session storage, which a reload keeps and a closed tab loses. A duplicated
 * tab brings a copy of it, and takes an id of its own because the lock of the first is held.
 */

/** What is used of sessionStorage. */
export interface SessionItems {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const ID = 'syndiff-tab';
const LEFT = 'syndiff-tab-left';
/** Browsers can open a closed tab again, session storage and all: after so long it may be by somebody else. */
const AWAY_MS = 10 * 60_000;

export const lockName = (id: string): string => `syndiff-tab-${id}`;

export interface TabIdNeeds {
  session: SessionItems;
  /** Takes the tab's lock for good; false where another page has it. */
  hold(id: string): Promise<boolean>;
  newId(): string;
  /** ms. */
  now(): number;
}

export async function ownTabId({ session, hold, newId, now }: TabIdNeeds): Promise<string> {
  const known = session.getItem(ID);
  const left = session.getItem(LEFT);
  session.removeItem(LEFT);
  // Without the time the page was not left but died, and is loaded again.
  const isAway = left !== null && now() - Number(left) > AWAY_MS;
  if (known && !isAway && (await hold(known))) return known;
  const id = newId();
  await hold(id);
  session.setItem(ID, id);
  return id;
}

/** To be called when the page is left, for whatever reason. */
export function leaveTab(session: SessionItems, now: number): void {
  session.setItem(LEFT, String(now));
}

/** Folders of tabs that no living page holds. */
export function abandoned(names: readonly string[], held: ReadonlySet<string>, own: string): string[] {
  return names.filter((name) => name !== own && !held.has(lockName(name)));
}
