export { describeBackend, type DescribeBackendOptions } from './describe-backend.ts';
//# sourceMappingURL=vitest.d.ts.map