/** The image data sets of the project's shared data, which may be absent: tests on them then say so and are skipped. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const DATA_DIR = resolve(process.env.SYNDIFF_DATA ?? join(import.meta.dirname, '../../shared/data'));
export const hasData = existsSync(join(DATA_DIR, 'tcga-lgg', 'participants.tsv'));
