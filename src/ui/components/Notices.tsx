import X from 'lucide-react/icons/x';
import { useEffect } from 'react';
import { useApp } from '../state/StoreContext';
import type { Notice } from '../state/types';
import './notices.css';

const INFO_MS = 8000;

/** What the page has to say, in a corner, never in the way. Info goes by itself, the rest stays until dismissed. */
export function Notices() {
  const notices = useApp((s) => s.notices);
  return (
    <section className="notices" aria-label="Notices" aria-live="polite">
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { notice: Notice }) {
  const { dismiss } = useApp((s) => s.actions);
  useEffect(() => {
    if (notice.tone !== 'info') return;
    const timer = setTimeout(() => dismiss(notice.id), INFO_MS);
    return () => clearTimeout(timer);
  }, [notice, dismiss]);
  return (
    <div
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
