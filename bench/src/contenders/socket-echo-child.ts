// The child of `socket-echo.ts`: writes back what it reads.
import { Socket } from 'node:net';

const socket = new Socket({ fd: 3, readable: true, writable: true });
socket.on('data', (bytes) => socket.write(bytes));
socket.on('end', () => socket.end());
