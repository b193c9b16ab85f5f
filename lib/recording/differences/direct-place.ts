import { isSimpleName } from '../../values/field-path.js';
import type { Redaction } from '../../values/redaction/redaction.js';
import { joinPath, pathStep } from './differences.js';
import { NotDirect } from './not-direct.js';

/** Place in two values, by its path. All items of a list have the same one. */
export class DirectPlace {
  /** Kinds of the differences that were found here. */
  readonly kinds = new Set<string>();
  private readonly properties = new Map<string, DirectPlace>();
  private ofItems: DirectPlace | undefined;

  private constructor(
    readonly path: string,
    /** Tells whether one of the names that lead here may be redacted. */
    readonly mayBeHidden: boolean,
    private readonly redaction: Redaction | undefined,
  ) {}

  static root(redaction: Redaction | undefined): DirectPlace {
    return new DirectPlace('$', redaction?.mayHideItems ?? false, redaction);
  }

  property(key: string): DirectPlace {
    let place = this.properties.get(key);
    if (place === undefined) this.properties.set(key, (place = this.makeProperty(key)));
    return place;
  }

  get items(): DirectPlace {
    return (this.ofItems ??= new DirectPlace(joinPath(this.path, '[*]'), this.mayBeHidden, this.redaction));
  }

  private makeProperty(key: string): DirectPlace {
    const { redaction } = this;
    // Such a key is shown in another form.
    if (!isSimpleName(key) && (!key.isWellFormed() || (redaction?.text(key) ?? key) !== key)) throw new NotDirect();
    return new DirectPlace(joinPath(this.path, pathStep(key)), this.mayBeHidden || (redaction?.mayHide(key) ?? false), redaction);
  }
}
