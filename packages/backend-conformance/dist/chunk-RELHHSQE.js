// src/goldens/models.ts
import { makeTensor } from "@switchyard/core";
import {
  buildModel,
  identityModel,
  ifModel,
  loopModel,
  mlpModel
} from "@switchyard/onnx/testing";
function floats(shape, values) {
  return makeTensor("float32", shape, values);
}
function identity(dtype) {
  return { name: `identity-${dtype}`, bytes: () => identityModel(dtype) };
}
function difference(dtype) {
  const value = (name) => ({ name, dtype, shape: ["n"] });
  return {
    name: `sub-${dtype}`,
    bytes: () => buildModel({
      name: "difference",
      inputs: [value("b"), value("a")],
      outputs: [value("difference")],
      nodes: [{ op: "Sub", name: "subtract", inputs: ["a", "b"], outputs: ["difference"] }]
    })
  };
}
var MATMUL = {
  name: "matmul",
  bytes: () => buildModel({
    name: "matmul",
    inputs: [
      { name: "left", dtype: "float32", shape: ["rows", "inner"] },
      { name: "right", dtype: "float32", shape: ["inner", "columns"] }
    ],
    outputs: [{ name: "product", dtype: "float32", shape: ["rows", "columns"] }],
    nodes: [{ op: "MatMul", name: "multiply", inputs: ["left", "right"], outputs: ["product"] }]
  })
};
var SOFTMAX = {
  name: "softmax",
  bytes: () => buildModel({
    name: "softmax",
    inputs: [{ name: "x", dtype: "float32", shape: ["rows", "columns"] }],
    outputs: [{ name: "y", dtype: "float32", shape: ["rows", "columns"] }],
    nodes: [
      { op: "Softmax", name: "share", inputs: ["x"], outputs: ["y"], attributes: { axis: { int: 1 } } }
    ]
  })
};
var CONVOLUTION = {
  name: "convolution",
  bytes: () => buildModel({
    name: "convolution",
    inputs: [{ name: "x", dtype: "float32", shape: ["batch", 1, "height", "width"] }],
    outputs: [{ name: "y", dtype: "float32", shape: ["batch", 2, "rows", "columns"] }],
    nodes: [{ op: "Conv", name: "convolve", inputs: ["x", "kernel", "bias"], outputs: ["y"] }],
    initializers: [
      { name: "kernel", dtype: "float32", shape: [2, 1, 3, 3], data: CONVOLUTION_KERNEL },
      { name: "bias", dtype: "float32", shape: [2], data: [0.5, -1] }
    ]
  })
};
var CONVOLUTION_KERNEL = [
  1,
  0,
  -1,
  2,
  0,
  -2,
  1,
  0,
  -1,
  0.25,
  0.5,
  0.25,
  0.5,
  1,
  0.5,
  0.25,
  0.5,
  0.25
];
var PERCEPTRON = { name: "perceptron", bytes: () => mlpModel() };
var LARGE_PERCEPTRON = {
  name: "large-perceptron",
  bytes: () => mlpModel([64, 256, 256, 16])
};
var CHOICE = { name: "if", bytes: () => ifModel() };
var COUNTING = { name: "loop", bytes: () => loopModel() };
var UNKNOWN_OPERATOR = {
  name: "unknown-operator",
  bytes: () => buildModel({
    name: "unknown",
    opset: { "ai.onnx": 17, "test.switchyard.conformance": 1 },
    inputs: [{ name: "x", dtype: "float32", shape: ["n"] }],
    outputs: [{ name: "y", dtype: "float32", shape: ["n"] }],
    nodes: [
      {
        op: "OperatorThatNoEngineHas",
        domain: "test.switchyard.conformance",
        name: "unknown",
        inputs: ["x"],
        outputs: ["y"]
      }
    ]
  })
};
var MIXED = {
  name: "mixed",
  bytes: () => buildModel({
    name: "mixed",
    inputs: [{ name: "x", dtype: "float32", shape: ["n"] }],
    outputs: [{ name: "y", dtype: "float32", shape: ["m"] }],
    nodes: [
      { op: "Add", name: "double", inputs: ["x", "x"], outputs: ["doubled"] },
      {
        op: "Unique",
        name: "unique",
        inputs: ["doubled"],
        outputs: ["y"],
        attributes: { sorted: { int: 1 } }
      }
    ]
  })
};

// src/child/make-again.ts
import {
  EngineError,
  tensorValues
} from "@switchyard/core";
async function makeAgain(origin) {
  const module = await import(origin.module);
  return await module[origin.factory](
    ...origin.arguments
  );
}
async function openModel({ backend, device }, model, context = {}) {
  const { options = {}, strict } = context;
  return backend.doOpen(
    { bytes: model.bytes(), name: model.name },
    { device, options, ...strict === void 0 ? {} : { strict } }
  );
}
function deviceOf(request) {
  if (request.device !== null) return request.device;
  const id = request.probe?.backend ?? "the backend";
  throw new EngineError({
    backend: id,
    reason: { code: "device-unknown", message: "The kit has no device for this case.", evidence: [], remedy: null }
  });
}
async function openAndRun(subject) {
  const session = await openModel(subject, difference("float32"));
  const results = await session.doRun({ a: floats([2], [5, 10]), b: floats([2], [1, 4]) });
  return { session, values: [...tensorValues(results["difference"])] };
}

export {
  floats,
  identity,
  difference,
  MATMUL,
  SOFTMAX,
  CONVOLUTION,
  PERCEPTRON,
  LARGE_PERCEPTRON,
  CHOICE,
  COUNTING,
  UNKNOWN_OPERATOR,
  MIXED,
  makeAgain,
  openModel,
  deviceOf,
  openAndRun
};
//# sourceMappingURL=chunk-RELHHSQE.js.map