/** For a container that was started without the host's GPUs. */
export const CONTAINER_REMEDY: string =
  'Start the container with `docker run --gpus all …`, for which its host needs the NVIDIA Container Toolkit.';

/** For facts that do not tell. */
export const DOCTOR_REMEDY: string =
  'Run `switchyard doctor`, which tries the backend instead of reading about it.';
