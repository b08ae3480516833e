// What the modules exchange, for the type checker alone: browsers are not sent this file.

import type { RunArrays } from "./bindings.js";

// ---- arrays and positions

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint16Array
  | Int32Array;

/** The arrays of one recorded epoch, by name. */
export type Frame = Record<string, NumberArray>;

/** A vector, or the rows of a picture. */
export type Values = ArrayLike<number>;
export type Rows = ArrayLike<number>[];

/** Positions on the strength and epoch axes; `a` and `b` are the pinned strengths. */
export interface Position {
  strength: number;
  epoch: number;
  a: number | null;
  b: number | null;
}

export type Pins = Pick<Position, "a" | "b">;

// ---- the answer of the server (l2viz/stage/protocol.py)

export interface ArrayShape {
  name: string;
  by_strength: boolean;
  /** Of one epoch and one strength. */
  shape: number[];
}

export type ArrayType = "float32" | "float64" | "int8" | "uint8" | "uint16" | "int32";

/** An array that every frame holds, `offset` bytes from the frame's start. */
export interface PackedArray extends ArrayShape {
  kept?: false;
  dtype: ArrayType;
  offset: number;
  length: number;
}

/** An array that only some frames hold; `Header.kept` says which. */
export interface KeptArray extends ArrayShape {
  kept: true;
}

export type FrameArray = PackedArray | KeptArray;

/** An array without an epoch axis; null stands for what is not finite. */
export interface StillArray extends ArrayShape {
  values: (number | null)[];
}

/** Where the values of a kept array lie behind the frames. */
export interface KeptValues {
  name: string;
  frame: number;
  dtype: ArrayType;
  offset: number;
  length: number;
}

/** How far a run is: the part of an answer that comes with each one. */
export interface Progress {
  state: "idle" | "queued" | "training" | "finished" | "stopped" | "failed";
  ended: boolean;
  /** Of the run that is trained, 0 to 1. */
  share: number;
  /** Null where nothing is known of it. */
  seconds_left: number | null;
  message?: string;
  verdict?: string;
  /** Says which strengths have no finite loss any more; "" where all have. */
  diverged?: string;
}

/** Range of an axis, by the axis's name, by the chart's name. */
export type Ranges = Record<string, Record<string, number[]>>;

export interface Answered extends Progress {
  /** Seconds until the run is to be asked for again. */
  pause: number;
}

/** An answer before the first measurement: no frames, no charts. */
export interface EmptyHeader extends Answered {
  frames: 0;
  charts?: undefined;
  ranges?: undefined;
  kept?: undefined;
}

/** An answer with frames after the first one. */
export interface LaterHeader extends Answered {
  frames: number;
  frame_bytes: number;
  arrays: FrameArray[];
  kept: KeptValues[];
  ranges: Ranges;
  charts?: undefined;
}

/** The first answer with frames: it also describes the run. */
export interface OpeningHeader extends Omit<LaterHeader, "charts"> {
  charts: Chart[];
  /** The most charts that stand on the stage at once. */
  most_charts: number;
  readouts: Readout[];
  saving: Saving;
  themes: Record<string, Colours>;
  strengths: number[];
  strength_texts: string[];
  recorded_epochs: number[];
  still: StillArray[];
}

export type Header = EmptyHeader | LaterHeader | OpeningHeader;

/** Colour of each role, such as "@validation". */
export type Colours = Record<string, string>;

export type NumberForm = "number" | "percent" | "points";

export interface Readout {
  label: string;
  array: string;
  form: NumberForm;
  about: string;
}

export interface Saving {
  caption: string;
  pins: { a: string; b: string };
  file: string;
  theme: string;
}

// ---- charts

export interface ChartDrawing {
  traces: Trace[];
  layout: PlotlyLayout;
  bindings: Binding[];
  numbers: Readout[];
}

/** A chart as the run lists it; its drawing and data are there once it was asked for. */
export interface Chart extends Partial<ChartDrawing> {
  name: string;
  slot: string;
  group: string;
  title: string;
  heading: string;
  variant: string;
  caption: string;
  about: string;
  data?: RunArrays;
}

/** A chart that can be drawn. */
export type LoadedChart = Chart & ChartDrawing & { data: RunArrays };

/** See l2viz/charts/core/binding.py. */
export interface Binding {
  trace: number;
  attribute: "x" | "y" | "z" | "customdata";
  array: string;
  strength: Selector;
  epoch: "chosen" | "until" | "each";
  index: number[];
  ribbons?: Ribbons;
}

/** Numbers drawn as ribbons; see Ribbons in l2viz/charts/core/binding.py. */
export interface Ribbons {
  ends: string;
  column: number;
  sign: -1 | 0 | 1;
  limit: number;
  width: number;
}

/** What a binding reads along the strength axis: all strengths, or one. */
export type Selector = LineSelector | OneSelector;
export type LineSelector = { kind: "all" | "until" | "each" };
export type OneSelector =
  | { kind: "chosen" | "best" }
  | { kind: "fixed"; member: number }
  | { kind: "pinned"; pin: keyof Pins; otherwise?: OneSelector };

/** A chart on the stage: one of the charts that share its slot. */
export interface Place {
  slot: string;
  charts: Chart[];
  chart: Chart;
}

// ---- messages between Python and the stage (l2viz/stage/component.py)

/** Where a viewer is, in words that hold for any run; null: as a run begins. */
export interface View {
  strength: number | null;
  epoch: number | null;
  a: number | null;
  b: number | null;
  charts: string[] | null;
  /** Name of the chart that has the stage for itself. */
  large: string | null;
  presenter: boolean;
}

/** Sentences that Python writes, or "". */
export interface PythonStatus {
  stale: string;
  refused: string;
  others: string;
  blocked: string;
  train_label: string;
}

export interface PythonMessage extends PythonStatus {
  run: string;
  ended: boolean;
  view: View;
  place: number;
  covered: boolean;
  /** Names of the charts that stay open then. */
  open: string[];
  /** Neither the best strength nor the verdict is told. */
  quiet: boolean;
  plays: string;
  draws: import("./guess_panel.js").Draws | null;
  /** Code of the broadcast that the page follows or is, or "". */
  broadcast: string;
  teaches: boolean;
  simple: boolean;
}

/** What Streamlit hands to a component of its second version. */
export interface StreamlitComponent {
  parentElement: HTMLElement;
  data: PythonMessage;
  setStateValue(name: string, value: unknown): void;
}

/** A training point: x, y, and its class if it has one. */
export type Point = [number, number] | [number, number, number];

// ---- what the stage shows

export type NoticeKind =
  | "lost"
  | "blocked"
  | "refused"
  | "before"
  | "stale"
  | "ended"
  | "others"
  | "verdict";

export interface StatusDisplay {
  state: "idle" | "training" | "finished" | "failed";
  /** The charts are of other settings, or of the run before. */
  stale: boolean;
  notice: { kind: NoticeKind; text: string };
  progress: { share: number; text: string };
  trainLabel: string;
  trainBlocked: boolean;
}

export interface ReadoutRow {
  name: string;
  values: string[];
}

/** What the controls and the keys can do. */
export interface Actions {
  setStrength(member: number): void;
  setEpoch(epoch: number): void;
  setPace(pace: number): void;
  strengthUp(): void;
  strengthDown(): void;
  epochUp(): void;
  epochDown(): void;
  startOver(): void;
  togglePlay(): void;
  playOrTrain(): void;
  pinA(): void;
  pinB(): void;
  goBest(): void;
  train(): void;
  stop(): void;
  chooseCharts(): void;
  toggleChart(slot: string): void;
  toggleChartNumber(number: number): void;
  resetCharts(): void;
  enlargeChart(slot: string): void;
  moveChart(slot: string, place: number): void;
  showAllCharts(): void;
  showKeys(): void;
  showCode(): void;
  present(): void;
  cover(): void;
  reset(): void;
  fullScreen(): void;
}

/** An action that needs nothing but its name. */
export type PlainAction = {
  [Name in keyof Actions]: Actions[Name] extends () => void ? Name : never;
}[keyof Actions];

// ---- Plotly, as far as it is used

export type ColourStop = [number, string];

export interface Trace {
  type: string;
  name: string;
  showlegend?: boolean;
  mode?: string;
  hoverinfo?: string;
  fill?: string;
  fillcolor?: string;
  line?: { color: string; dash?: string; width?: number };
  marker?: { color: string };
  xaxis?: string;
  yaxis?: string;
  meta?: TraceFacts;
  x0?: number;
  dx?: number;
  y0?: number;
  dy?: number;
  x?: Values;
  y?: Values;
  z?: Rows;
  customdata?: Values | Rows;
}

/**
 * What a trace means, beside how it is drawn. chooses: its points are strengths one can choose.
 * edits: they are training points one can move, of the class `label`. z: what a picture's numbers
 * are; unit: what they are multiplied by to be that.
 */
export interface TraceFacts {
  edits?: "points";
  label?: number | null;
  chooses?: "strength";
  z?: string;
  unit?: number;
}

/** A place in a chart: a position on the strength or on the epoch axis. */
export type ClickedPlace = { strength: number } | { epoch: number };

export interface HeatmapTrace extends Trace {
  type: "heatmap";
  colorscale: ColourStop[];
  zmin: number;
  zmax: number;
  colorbar: { title: { text: string }; ticktext: string[] };
  showscale?: boolean;
  zsmooth?: "best";
}

export type AxisName = `${"x" | "y"}axis${"" | number}`;

export type PlotlyLayout = {
  width?: number;
  height?: number;
  title?: { text: string };
  font?: { family?: string; size?: number };
  margin?: { t: number };
  images?: object[];
} & { [Axis in AxisName]?: { range?: number[]; autorange?: "reversed"; title?: { text: string } } };

/** An axis as Plotly drew it: its range, and its place in pixels. */
export interface DrawnAxis {
  range: number[];
  _offset: number;
  _length: number;
}

/** An element in which Plotly has drawn. */
export interface PlotElement extends HTMLDivElement {
  data: Trace[];
  _fullData?: (Trace & FullTrace)[];
  _fullLayout: DrawnLayout;
}

/** Where Plotly has put the axes: pixels within the element, and what they range over. */
export interface DrawnLayout {
  _size: { l: number; t: number; w: number; h: number };
  xaxis: DrawnAxis;
  yaxis: DrawnAxis;
  /** Whether Plotly skips to work out the settings, once. */
  _skipDefaults?: boolean;
}

/** A trace as Plotly completes it; `_input` is the one it was given. */
export interface FullTrace {
  _input?: Trace;
  /** Count of its points. */
  _length?: number;
  visible?: boolean | "legendonly";
}

export type ArrayAttributeSearch = (trace: FullTrace) => string[];

export interface Plotly {
  react(element: HTMLElement, traces: Trace[], layout: object, config: object): Promise<unknown>;
  animate(element: HTMLElement, frame: object, options: object): Promise<unknown>;
  purge(element: HTMLElement): void;
  toImage(figure: object, options: object): Promise<string>;
  PlotSchema?: { findArrayAttributes?: ArrayAttributeSearch };
}

declare global {
  interface Window {
    Plotly: Plotly;
  }
}
