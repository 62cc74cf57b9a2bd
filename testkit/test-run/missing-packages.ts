import { missingRequirements } from './requirements.ts';

// Prints the Debian packages that `npm test -- --install` would install, for `.ci/install`.
const missing = await missingRequirements(process.env);
console.log(missing.flatMap(({ packages }) => packages).join(' '));
