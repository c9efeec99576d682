/**
 * What crosses the line between the page and the training worker: types only. Messages go as in protocol.ts: a request with an
 * id, events, one answer; `cancel` names the request to stop. Training has a worker of its own, which is ended when a run is
 * closed, so that its memory comes back and a failure does not touch the Translate room.
 */
import type { BackendName, EngineInfo } from '../../engine/backend/backend';
import type { ModelCard } from '../../engine/cards/modelCard';
import type { MemoryEstimate } from '../../engine/training/estimate';
import type { ReadHistory } from '../../engine/training/historyFile';
import type { PairGrid } from '../../engine/training/pairGrid';
import type { Preview, Scoring, StepReport, Validation } from '../../engine/training/reports';
import type { SideGrid, TrainSettings } from '../../engine/training/settings';
import type { Direction, Side } from '../../engine/training/sides';
import type { ScreenImage } from '../../volume/modelImage';
import type { InputFile } from '../translate/protocol';

export type { MemoryEstimate } from '../../engine/training/estimate';
export type { Preview, RunHistory, Scoring, StepReport, Validation } from '../../engine/training/reports';
export type { PresetName, TrainSettings } from '../../engine/training/settings';
export type { Direction, Side } from '../../engine/training/sides';
export type { Variant } from '../../engine/training/variant';

/** Where a volume goes: training, or the aligned validation pairs (volume/pairing.ts). */
export type Role = 'trainA' | 'trainB' | 'valA' | 'valB';

/** A volume that was added: what was picked of it, to be shown. */
export interface AddedVolume {
  volumeId: string;
  name: string;
  role: Role;
  /** Volumes in the file, and which of them this is, from 0; null where there are several and none is chosen yet. */
  volumeCount: number;
  volume: number | null;
  sliceCount: number;
  /** Slices with enough foreground, which are trained on. */
  picked: number;
  /** One picked slice, at most 96 pixels wide. */
  thumbnail: ScreenImage;
  /** Equal for the same image (`imagePrint`); empty where it is not known. */
  print: string;
  /** Where it lies, which both of a pair must have in common. */
  place: Omit<PairGrid, 'name'>;
  warnings: string[];
}

/** Grid on which volumes are cut; changing it means adding them again. */
export type Grid = SideGrid;

/** Files dropped in: weights, and their card where there is one. */
export interface OwnWeights {
  kind: 'file';
  file: InputFile;
  card?: InputFile;
}
/** A start from weights: a shipped model by id, or the user's own. */
export type StartSource = { kind: 'shipped'; id: string } | OwnWeights;
/** What each network begins with; random where not given. */
export type StartPoint = Partial<Record<Direction | 'rAToB' | 'rBToA', StartSource>>;

/** A run in the origin's private file system. */
export interface StoredRun {
  runId: string;
  settings: TrainSettings;
  /** Iterations done at the last checkpoint. */
  step: number;
  /** ISO 8601: start and last checkpoint. */
  started: string;
  saved: string;
  volumes: Record<Role, string[]>;
  bytes: number;
  /** Another tab writes to it. */
  inUse: boolean;
}

/** A folder among the runs that cannot be opened as one. It is kept as it is: a later version may know it. */
export interface UnreadableRun {
  runId: string;
  /** Why, in a sentence. */
  reason: string;
  /** Of all its files; null where they cannot be measured. */
  bytes: number | null;
}

export interface StoredRuns {
  /** The last saved first. */
  readable: StoredRun[];
  /** The last name first: names begin with the time. */
  unreadable: UnreadableRun[];
}

export interface TrainProgress {
  step: number;
  iterations: number;
  /** Of the last iterations. */
  iterationsPerSecond: number;
  remainingMs: number | null;
  /** Bytes that the backend holds. */
  memoryBytes: number;
  compiling: boolean;
}

export type TrainEvent =
  | { step: StepReport; progress: TrainProgress }
  /** Before the first iteration. */
  | { progress: TrainProgress }
  | { preview: Preview }
  /** Before every slice of a validation. */
  | { scoring: Scoring }
  /** Before every picture of previews that take their time. */
  | { drawing: Scoring }
  | { validation: Validation }
  | { checkpoint: { step: number; bytes: number } };

/** As far as it can be read, with a sentence for each of its first damaged lines. */
export type ToldHistory = Pick<ReadHistory, 'steps' | 'validations' | 'damage'>;

/** What the user says on a model's card of the scans behind it; where it is empty, the card says what the scans' names tell. */
export interface CardWords {
  data: string;
  licence: string;
}

export interface ExportedModel {
  direction: Direction;
  card: ModelCard;
  /** Safetensors, f32. */
  weights: Uint8Array;
}

export interface TrainCalls {
  start: {
    params: { backend: 'auto' | BackendName; threads: number | null };
    event: never;
    result: EngineInfo;
  };
  /**
   * One volume. `path`: where it lay in what was dropped, which tells its partner. `volume`: which one of a file with several; without,
   * the first one is shown until somebody says.
   */
  addVolume: {
    params: {
      volumeId: string;
      role: Role;
      path: string;
      files: InputFile[];
      grid: Grid;
      volume?: number;
    };
    event: never;
    result: AddedVolume;
  };
  /** The digital phantom's demo set: `subjects` volumes of each contrast, the last `validation` of them as aligned pairs. */
  addPhantoms: {
    params: { contrasts: Record<Side, string>; subjects: number; validation: number; grid: Grid };
    event: never;
    result: AddedVolume[];
  };
  removeVolume: { params: { volumeId: string }; event: never; result: null };
  /** The card of own weights, theirs or guessed. Nothing is put on the backend. */
  readCard: { params: OwnWeights; event: never; result: ModelCard };
  /** What the settings take, with the volumes added so far, against this machine's limits. */
  estimate: { params: { settings: TrainSettings }; event: never; result: MemoryEstimate };
  /** Starts a new run on the volumes added; done when all iterations are, or when cancelled (which writes a checkpoint first). */
  train: {
    params: {
      runId: string;
      settings: TrainSettings;
      start: StartPoint;
      /** Ids of volumes that the user's choice leaves out. */
      leftOut?: string[];
      /** Iterations between previews, validations and checkpoints. */
      every: { preview: number; validation: number; checkpoint: number };
    };
    event: TrainEvent;
    result: StoredRun;
  };
  /** Goes on with a stored run from its last checkpoint. The history comes first. */
  resume: {
    params: { runId: string; every: { preview: number; validation: number; checkpoint: number } };
    event: { history: ToldHistory } | TrainEvent;
    result: StoredRun;
  };
  runs: { params: Record<string, never>; event: never; result: StoredRuns };
  history: { params: { runId: string }; event: never; result: ToldHistory };
  deleteRun: { params: { runId: string }; event: never; result: null };
  /** Done when the first of these runs is not in use by another tab any more. */
  whenFree: { params: { runIds: string[] }; event: never; result: null };
  /** Copies of all its files as they are; also of a run that cannot be read. */
  runFiles: { params: { runId: string }; event: never; result: InputFile[] };
  /** The EMA network of a stored run's last checkpoint with its card. R where the variant has no diffusion. */
  exportModel: {
    params: { runId: string; direction: Direction; words: CardWords };
    event: never;
    result: ExportedModel;
  };
}

export type TrainCallName = keyof TrainCalls;

export type TrainRequest =
  | { [K in TrainCallName]: { id: number; call: K; params: TrainCalls[K]['params'] } }[TrainCallName]
  | { id: number; call: 'cancel' };
