/** Version of this package; a test compares it with package.json. */
export const VERSION: string = '0.0.0';
