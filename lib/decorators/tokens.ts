/** Token under which Nest injects the application's registry into each instance with decorated methods. */
export const EXPERIMENT_REGISTRY = Symbol('nestjs-studies:registry');
