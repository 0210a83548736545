// The child of `serialisation-echo.ts`: sends back what it gets.
process.on('message', (message) => process.send?.(message));
