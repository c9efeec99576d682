import { Button, FileTrigger } from 'react-aria-components';

/** Opens the system's file chooser. `accept` are file endings, e.g. ".nii". */
export function FileButton({
  label,
  accept,
  multiple = false,
  isDisabled = false,
  onFiles,
}: {
  label: string;
  accept: readonly string[];
  multiple?: boolean;
  isDisabled?: boolean;
  onFiles: (files: File[]) => void;
}) {
  return (
    <FileTrigger
      acceptedFileTypes={[...accept]}
      allowsMultiple={multiple}
      onSelect={(list) => list && list.length > 0 && onFiles([...list])}
    >
      <Button className="button" isDisabled={isDisabled}>
        {label}
      </Button>
    </FileTrigger>
  );
}

export const SCAN_ENDINGS = ['.nii', '.gz', '.hdr', '.img'] as const;
export const WEIGHTS_ENDINGS = ['.pth', '.pt', '.safetensors'] as const;
