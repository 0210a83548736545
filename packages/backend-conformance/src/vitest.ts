export { describeBackend, type DescribeBackendOptions } from './describe-backend.ts';
