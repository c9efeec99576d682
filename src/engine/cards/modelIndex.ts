import { list, object } from '../../schema';
import { MODEL_ID } from './modelCard';

/** public/weights/index.json: the models that come with the program, by their folders, in the order in which they are shown. */
export const MODEL_INDEX = object({ models: list(MODEL_ID) });
