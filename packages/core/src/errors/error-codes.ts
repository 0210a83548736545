import type { ReasonCode } from '../selection/reason-codes.ts';

/** Error codes beyond the reason codes of selection, with what each means. */
export const ERROR_CODES = {
  'model-not-found': 'The model file does not exist.',
  'model-unreadable': 'The model could not be read as a file.',
  'model-invalid': 'The file is not a valid ONNX model, or the engine cannot load it.',
  'model-unsupported': 'The model is valid, but uses an operator, opset or dtype that this backend lacks.',
  'external-data-missing': 'Weights that the model keeps in a separate file are not there.',
  'external-data-outside': 'The model points to weights outside its own folder.',
  'input-unknown': 'A tensor was given for an input that the model does not have.',
  'input-missing': 'An input of the model was given no tensor.',
  'input-dtype': 'A tensor has another element type than the input it is for.',
  'input-rank': 'A tensor has another number of dimensions than the input it is for.',
  'input-shape': 'A dimension of a tensor does not fit the input it is for.',
  'input-value': 'A value cannot be represented in the element type asked for.',
  'input-unreadable': 'A source of input data could not be read or decoded.',
  'output-unknown': 'An output was asked for that the model does not have.',
  'output-unwritable': 'A result could not be written.',
  'engine-failed': 'The engine could not be loaded or could not open a session.',
  'run-failed': 'The engine failed while it was running the model.',
  'session-closed': 'The session was released before the call.',
  aborted: 'The caller aborted the operation.',
  'timed-out': 'The operation was not done within the time that the caller gave it.',
  'registration-invalid': 'An object offered as a backend does not fulfil the contract.',
  'duplicate-backend': 'Two packages offer a backend with the same id.',
  'config-malformed': 'A configuration file could not be parsed, or says something that does not exist.',
  'host-facts-invalid': 'A document offered as host facts is not one.',
} as const;

/** Every code that an error of Switchyard can carry. */
export type ErrorCode = ReasonCode | keyof typeof ERROR_CODES;
