/** Version of this package. A test compares it with package.json. */
export const VERSION: string = '0.0.0';
