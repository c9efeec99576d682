/** All of a run's files as they are, also of one that cannot be opened, in one zip. */
import { lateCode } from '../../../../lateCode';
import type { InputFile } from '../../../../workers/translate/protocol';

export async function archiveOf(
  runId: string,
  files: readonly InputFile[],
  lastModified: Date,
): Promise<Blob> {
  const { downloadZip } = await lateCode(`${runId}.zip`, () => import('client-zip'));
  return downloadZip(
    files.map(({ name, blob }) => ({ name: `${runId}/${name}`, input: blob, lastModified })),
  ).blob();
}
