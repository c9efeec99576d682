import X from 'lucide-react/icons/x';
import { useEffect, useMemo, useState } from 'react';
import { shownNotices } from '../state/notices';
import { useApp } from '../state/StoreContext';
import type { Notice } from '../state/types';
import { heightProperty } from './heightProperty';
import './notices.css';

/** So long a notice must have stood on the screen to be read; info then goes. */
const READ_MS = 8000;
/** So many are shown in full, the others when they are asked for. */
const IN_FULL = 2;

const noticesHeight = heightProperty('--notices-height');

/**
 * What the page has to say, never in the way: in a corner, on a narrow screen as a bar at the lower edge, for which the rooms
 * leave room. Info goes by itself once it has been shown, the rest stays until dismissed.
 */
export function Notices() {
  const all = useApp((s) => s.notices);
  const notices = useMemo(() => shownNotices(all), [all]);
  const { dismissAll } = useApp((s) => s.actions);
  const [isOpen, setOpen] = useState(false);
  const isMany = notices.length > IN_FULL;
  useEffect(() => {
    if (!isMany) setOpen(false);
  }, [isMany]);
  return (
    <section ref={noticesHeight} className="notices" data-open={isOpen} aria-label="Notices">
      {isMany && (
        <header className="notices-head">
          <span className="num">{countWords(notices)}</span>
          <button
            type="button"
            className="link-button"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Show two' : `${notices.length - IN_FULL} more`}
          </button>
          <button type="button" className="link-button" onClick={dismissAll}>
            Dismiss all
          </button>
        </header>
      )}
      <div className="notices-list" aria-live="polite">
        {(isOpen ? notices : notices.slice(0, IN_FULL)).map((notice) => (
          <NoticeCard key={notice.id} notice={notice} />
        ))}
      </div>
    </section>
  );
}

function countWords(notices: readonly Notice[]): string {
  const failures = notices.filter(({ tone }) => tone === 'error').length;
  const words = `${notices.length} notices`;
  return failures > 0 ? `${words}, ${failures} ${failures === 1 ? 'failure' : 'failures'}` : words;
}

function NoticeCard({ notice }: { notice: Notice }) {
  const { dismiss, markRead } = useApp((s) => s.actions);
  useEffect(() => {
    if (notice.isRead) return;
    const then = notice.tone === 'info' ? dismiss : markRead;
    const timer = setTimeout(() => then(notice.id), READ_MS);
    return () => clearTimeout(timer);
  }, [notice, dismiss, markRead]);
  return (
    <div
      className="notice"
      data-testid="notice"
      data-tone={notice.tone}
      role={notice.tone === 'error' ? 'alert' : undefined}
    >
      <div>
        {notice.text.split('\n').map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
