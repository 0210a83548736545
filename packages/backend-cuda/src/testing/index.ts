export { cudaMachine, type CudaMachine, type CudaMachineParts, type CudaTree } from './cuda-machine.ts';
export { CUDA_SITUATIONS, type CudaSituation, type CudaVerdict } from './cuda-situations.ts';
