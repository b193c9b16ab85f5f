/** Under this token Nest gives each instance with decorated methods the registry of its application. */
export const EXPERIMENT_REGISTRY = Symbol('nestjs-studies:registry');
