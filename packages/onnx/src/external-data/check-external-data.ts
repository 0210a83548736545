import { OnnxFileError } from '../errors/onnx-file-error.ts';
import type { ExternalDataEntry, ModelSummary } from '../model-summary.ts';

/**
 * Throws unless all external data of a model can be used. Locations outside the model's folder come first, because
 * they are a question of trust. Entries that were not looked for (`exists` null, from bytes) pass.
 *
 * @throws OnnxFileError `external-data-outside`, or `external-data-missing` for a file that is absent or too short.
 */
export function checkExternalData(summary: ModelSummary): void {
  const outside = summary.externalData.find((entry) => entry.outside);
  if (outside !== undefined) {
    throw new OnnxFileError({
      code: 'external-data-outside',
      path: summary.path,
      location: outside.location,
      message:
        `The model \`${summary.path}\` keeps the tensor \`${outside.tensor}\` in \`${outside.location}\`, which leads outside ` +
        "the model's folder and is refused. Move the data beside the model and save the model with a relative location.",
    });
  }
  const missing = summary.externalData.find((entry) => entry.exists === false);
  if (missing !== undefined) {
    throw unusable(summary, missing, 'which is not there', 'Put the file beside the model; it is part of it');
  }
  for (const entry of summary.externalData) {
    const end = entry.offset + (entry.bytes ?? 0);
    if (entry.fileBytes === null || end <= entry.fileBytes) continue;
    const found = `which has ${entry.fileBytes} bytes where ${end} are needed`;
    throw unusable(summary, entry, found, 'Copy or download the file again');
  }
}

function unusable(
  summary: ModelSummary,
  entry: ExternalDataEntry,
  found: string,
  advice: string,
): OnnxFileError {
  return new OnnxFileError({
    code: 'external-data-missing',
    path: summary.path,
    location: entry.location,
    message: `The model \`${summary.path}\` keeps the tensor \`${entry.tensor}\` in \`${entry.location}\`, ${found}. ${advice}.`,
  });
}
