import X from 'lucide-react/icons/x';
import { useEffect, useRef } from 'react';
import { useApp } from '../state/StoreContext';
import type { Notice } from '../state/types';
import { heightProperty } from './heightProperty';
import './notices.css';

const INFO_MS = 8000;

const noticesHeight = heightProperty('--notices-height');

/**
 * What the page has to say, never in the way: in a corner, on a narrow screen as a bar at the lower edge, for which the rooms
 * leave room. Info goes by itself, the rest stays until dismissed.
 */
export function Notices() {
  const notices = useApp((s) => s.notices);
  return (
    <section ref={noticesHeight} className="notices" aria-label="Notices" aria-live="polite">
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { notice: Notice }) {
  const { dismiss } = useApp((s) => s.actions);
  const card = useRef<HTMLDivElement>(null);
  // A low screen has no room for all of them: the new one is what is to be read.
  useEffect(() => {
    const bar = card.current?.parentElement;
    bar?.scrollTo(0, bar.scrollHeight);
  }, []);
  useEffect(() => {
    if (notice.tone !== 'info') return;
    const timer = setTimeout(() => dismiss(notice.id), INFO_MS);
    return () => clearTimeout(timer);
  }, [notice, dismiss]);
  return (
    <div
      ref={card}
      className="notice"
      data-testid="notice"
      data-tone={notice.tone}
      role={notice.tone === 'error' ? 'alert' : undefined}
    >
      <p>{notice.text}</p>
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
