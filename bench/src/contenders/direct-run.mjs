// What somebody writes who needs one run and nothing else.
import { InferenceSession, Tensor } from 'onnxruntime-node';

const session = await InferenceSession.create(process.argv[2]);
const image = new Tensor('float32', new Float32Array(28 * 28), [1, 1, 28, 28]);
const { probabilities } = await session.run({ image });
console.log([...probabilities.data].join(' '));
