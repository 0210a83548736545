throw new Error('imports should do nothing');
