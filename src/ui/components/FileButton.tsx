import { useRef } from 'react';

/** Opens the system's file chooser. `accept` are file endings, e.g. ".nii". */
export function FileButton({
  label,
  accept,
  className = 'button',
  multiple = false,
  folder = false,
  disabled = false,
  onFiles,
}: {
  label: string;
  accept: readonly string[];
  className?: string;
  multiple?: boolean;
  /** Asks for a folder: all files in it and below, whatever their ending. */
  folder?: boolean;
  disabled?: boolean;
  onFiles: (files: File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const choose = () => {
    if (!input.current) return;
    input.current.webkitdirectory = folder;
    input.current.click();
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept.join(',')}
        multiple={multiple}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // So that the same file can be chosen again.
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <button type="button" className={className} disabled={disabled} onClick={choose}>
        {label}
      </button>
    </>
  );
}
