import { Controller, Get, Inject, Injectable, Module, Next, Query, Req, Res, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { Candidate, Experiment, StudiesError } from '../../lib/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

/** What has to be the whole of an error: its code and its message. */
const refused = (code: string, message: string) => ({ name: 'StudiesError', code, message });

const NO_OWN_RESPONSE =
  'a candidate would answer the request once more. Return the answer (with @HttpCode() and @Header() as needed), or move the ' +
  'work to a provider and decorate that method.';

describe.each(PLATFORMS)('on %s, an application does not start', (platform) => {
  it('with a control that takes @Res()', async () => {
    @Controller()
    class AnsweringController {
      @Get()
      @Experiment({ candidate: 'searchV2' })
      search(@Query('q') _q: string, @Res() _response: object) {
        return undefined;
      }

      searchV2() {
        return undefined;
      }
    }

    await expect(anApp(platform).testing().controllers(AnsweringController).start()).rejects.toMatchObject(
      refused('UNSUPPORTED_METHOD', `AnsweringController.search is an experiment's control and takes @Res(): ${NO_OWN_RESPONSE}`),
    );
  });

  it('with a control that takes @Res({ passthrough: true })', async () => {
    @Controller()
    class PassingController {
      @Get()
      @Experiment({ candidate: 'searchV2' })
      search(@Res({ passthrough: true }) _response: object) {
        return 1;
      }

      searchV2() {
        return 1;
      }
    }

    await expect(anApp(platform).testing().controllers(PassingController).start()).rejects.toMatchObject(
      refused('UNSUPPORTED_METHOD', `PassingController.search is an experiment's control and takes @Res(): ${NO_OWN_RESPONSE}`),
    );
  });

  it('with a control that takes @Next()', async () => {
    @Controller()
    class HandingOnController {
      @Get()
      @Experiment({ candidate: 'searchV2' })
      search(@Req() _request: object, @Next() _next: () => void) {
        return undefined;
      }

      searchV2() {
        return undefined;
      }
    }

    await expect(anApp(platform).testing().controllers(HandingOnController).start()).rejects.toMatchObject(
      refused(
        'UNSUPPORTED_METHOD',
        `HandingOnController.search is an experiment's control and takes @Next(): ${NO_OWN_RESPONSE}`,
      ),
    );
  });

  it('with an inherited control that takes @Res(), and names the class that declares it', async () => {
    class Base {
      @Get()
      @Experiment({ candidate: 'searchV2' })
      search(@Res() _response: object) {
        return undefined;
      }

      searchV2() {
        return undefined;
      }
    }

    @Controller()
    class InheritingController extends Base {}

    await expect(anApp(platform).testing().controllers(InheritingController).start()).rejects.toMatchObject(
      refused('UNSUPPORTED_METHOD', `Base.search is an experiment's control and takes @Res(): ${NO_OWN_RESPONSE}`),
    );
  });
});

describe('an application does not start', () => {
  class Search {
    @Experiment({ name: 'search', candidate: 'searchV2' })
    search() {
      return 1;
    }

    searchV2() {
      return 1;
    }
  }

  it('with an experiment that has no candidate', async () => {
    class Lonely {
      @Experiment({ name: 'lonely' })
      search() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Lonely).start()).rejects.toMatchObject(
      refused(
        'MISSING_BEHAVIOUR',
        'Experiment "lonely" on Lonely.search has no candidate. Name a method of the same class as "candidate", or decorate a ' +
          `provider's method with @Candidate({ experiment: 'lonely' }) and provide that class.`,
      ),
    );
  });

  it('with two candidates of one name in two classes', async () => {
    class Other {
      @Candidate({ experiment: 'search' })
      find() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Search, Other).start()).rejects.toMatchObject(
      refused(
        'DUPLICATE_BEHAVIOUR',
        'Experiment "search" on Search.search: candidate "candidate" on Other.find has a name that is taken. Give each behaviour ' +
          'a name of its own.',
      ),
    );
  });

  it('with a candidate that is called like the control', async () => {
    class Other {
      @Candidate({ experiment: 'search', name: 'control' })
      find() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Search, Other).start()).rejects.toMatchObject({
      code: 'DUPLICATE_BEHAVIOUR',
      message:
        'Experiment "search" on Search.search: candidate "control" on Other.find has a name that is taken. Give each behaviour ' +
        'a name of its own.',
    });
  });

  it('with two experiments of one name', async () => {
    class Other {
      @Experiment({ name: 'search', candidate: 'findV2' })
      find() {
        return 1;
      }

      findV2() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Search, Other).start()).rejects.toMatchObject(
      refused(
        'DUPLICATE_EXPERIMENT',
        'Other.find and Search.search both declare an experiment "search". Give one of them another name.',
      ),
    );
  });

  it('with two experiments of one name in one class', async () => {
    class Twice {
      @Experiment({ name: 'twice', candidate: 'third' })
      first() {
        return 1;
      }

      @Experiment({ name: 'twice', candidate: 'third' })
      second() {
        return 1;
      }

      third() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Twice).start()).rejects.toMatchObject(
      refused(
        'DUPLICATE_EXPERIMENT',
        'Twice.second and Twice.first both declare an experiment "twice". Give one of them another name.',
      ),
    );
  });

  it('with a candidate for an experiment that nobody declares', async () => {
    class Stray {
      @Candidate({ experiment: 'serach' })
      find() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Search, Stray).start()).rejects.toMatchObject(
      refused(
        'MISSING_BEHAVIOUR',
        'Stray.find is a candidate of experiment "serach", which no method declares. Decorate the control with ' +
          `@Experiment({ name: 'serach' }), or correct the name.`,
      ),
    );
  });

  it.each([
    ['request-scoped', Scope.REQUEST],
    ['transient', Scope.TRANSIENT],
  ])('with a candidate in a %s class', async (_, scope) => {
    @Injectable({ scope })
    class Scoped {
      @Candidate({ experiment: 'search', name: 'scoped' })
      find() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Search, Scoped).start()).rejects.toMatchObject(
      refused(
        'UNSUPPORTED_METHOD',
        'Scoped.find is a candidate of experiment "search", but its class is request-scoped or transient, so that there is no ' +
          'one instance to call. Make the class a singleton, or put the candidate into the class of the control.',
      ),
    );
  });

  it('with a candidate in a class that injects something request-scoped', async () => {
    @Injectable()
    class Bubbling {
      constructor(@Inject(REQUEST) readonly request: object) {}

      @Candidate({ experiment: 'search', name: 'bubbling' })
      find() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Search, Bubbling).start()).rejects.toMatchObject({
      code: 'UNSUPPORTED_METHOD',
      details: { experiment: 'search' },
    });
  });

  it('with a decorated class of a module deep below', async () => {
    class Lonely {
      @Experiment({ name: 'lonely' })
      search() {
        return 1;
      }
    }

    @Module({ providers: [Lonely] })
    class Deep {}

    @Module({ imports: [Deep] })
    class Middle {}

    await expect(anApp().testing().imports(Middle).start()).rejects.toMatchObject({
      code: 'MISSING_BEHAVIOUR',
      details: { experiment: 'lonely' },
    });
  });

  it('with a subclass that decorates an overridden control under the same name', async () => {
    class Sub extends Search {
      @Experiment({ name: 'search', candidate: 'searchV3' })
      override search() {
        return 1;
      }

      searchV3() {
        return 1;
      }
    }

    await expect(anApp().testing().providers(Sub).start()).rejects.toMatchObject(
      refused(
        'DUPLICATE_EXPERIMENT',
        'Sub.search and Search.search both declare an experiment "search". Give one of them another name.',
      ),
    );
  });

  it('with StudiesModule over a database in the same way', async () => {
    class Lonely {
      @Experiment({ name: 'lonely' })
      search() {
        return 1;
      }
    }

    const start = anApp().providers(Lonely).start();

    await expect(start).rejects.toBeInstanceOf(StudiesError);
    await expect(start).rejects.toMatchObject({ code: 'MISSING_BEHAVIOUR' });
  });
});

describe('@Experiment is refused where it is written', () => {
  const ONLY_METHODS = `only a method of instances can be an experiment's control. Decorate one, or use ExperimentService.wrap().`;

  it('on a static method', () => {
    const declare = () => {
      class Static {
        readonly is = 'not only static';

        @Experiment({ candidate: 'searchV2' })
        static search() {
          return 1;
        }

        static searchV2() {
          return 1;
        }
      }
      return Static;
    };

    expect(declare).toThrow(new StudiesError('UNSUPPORTED_METHOD', `@Experiment() on Static.search: ${ONLY_METHODS}`));
  });

  it('on a property', () => {
    class Property {
      readonly search = () => 1;
    }

    // As in code that no compiler has seen.
    const decorate = (): unknown =>
      Reflect.apply(Experiment({ candidate: 'searchV2' }), undefined, [Property.prototype, 'search']);
    expect(decorate).toThrow(new StudiesError('UNSUPPORTED_METHOD', `@Experiment() on Property.search: ${ONLY_METHODS}`));
  });

  it('on an accessor', () => {
    const declare = () => {
      class Accessor {
        @Experiment({ candidate: 'searchV2' })
        get search() {
          return () => 1;
        }

        searchV2() {
          return 1;
        }
      }
      return Accessor;
    };

    expect(declare).toThrow(new StudiesError('UNSUPPORTED_METHOD', `@Experiment() on Accessor.search: ${ONLY_METHODS}`));
  });

  it('with a percentage that is none', () => {
    const declare = () => {
      class Wrong {
        @Experiment({ candidate: 'searchV2', percentEnabled: 101 })
        search() {
          return 1;
        }

        searchV2() {
          return 1;
        }
      }
      return Wrong;
    };

    expect(declare).toThrow(
      new StudiesError(
        'INVALID_OPTIONS',
        '@Experiment() on Wrong.search: "percentEnabled" is wrong: too big: expected number to be <=100.',
        { fields: [{ field: 'percentEnabled', reason: 'is wrong: too big: expected number to be <=100' }] },
      ),
    );
  });

  it('with two candidates of one name', () => {
    const declare = () => {
      class Twice {
        @Experiment({ name: 'twice', candidate: 'searchV2', candidates: { candidate: 'searchV3' } })
        search() {
          return 1;
        }

        searchV2() {
          return 1;
        }

        searchV3() {
          return 1;
        }
      }
      return Twice;
    };

    expect(declare).toThrow(
      new StudiesError(
        'DUPLICATE_BEHAVIOUR',
        '@Experiment() on Twice.search: two behaviours are named "candidate". Give each behaviour a name of its own.',
        { behaviour: 'candidate' },
      ),
    );
  });

  it('with an option that is not known', () => {
    const declare = () => {
      class Unknown {
        @Experiment({ candidate: 'searchV2', percent: 5 } as { candidate: 'searchV2' }) // as JavaScript would have it
        search() {
          return 1;
        }

        searchV2() {
          return 1;
        }
      }
      return Unknown;
    };

    expect(declare).toThrow(
      new StudiesError('INVALID_OPTIONS', '@Experiment() on Unknown.search: "percent" is not known.', {
        fields: [{ field: 'percent', reason: 'is not known' }],
      }),
    );
  });
});

describe('@Candidate is refused where it is written', () => {
  const ONLY_METHODS = 'only a method of instances can be a candidate. Decorate one.';

  it('on a static method', () => {
    const declare = () => {
      class Static {
        readonly is = 'not only static';

        @Candidate({ experiment: 'search' })
        static find() {
          return 1;
        }
      }
      return Static;
    };

    expect(declare).toThrow(new StudiesError('UNSUPPORTED_METHOD', `@Candidate() on Static.find: ${ONLY_METHODS}`));
  });

  it('on a property', () => {
    class Property {
      readonly find = () => 1;
    }

    // As in code that no compiler has seen.
    const decorate = (): unknown => Reflect.apply(Candidate({ experiment: 'search' }), undefined, [Property.prototype, 'find']);
    expect(decorate).toThrow(new StudiesError('UNSUPPORTED_METHOD', `@Candidate() on Property.find: ${ONLY_METHODS}`));
  });

  it('on an accessor', () => {
    const declare = () => {
      class Accessor {
        @Candidate({ experiment: 'search' })
        get find() {
          return () => 1;
        }
      }
      return Accessor;
    };

    expect(declare).toThrow(new StudiesError('UNSUPPORTED_METHOD', `@Candidate() on Accessor.find: ${ONLY_METHODS}`));
  });

  it('without the name of an experiment', () => {
    const declare = () => {
      class Nameless {
        @Candidate({ experiment: '' })
        find() {
          return 1;
        }
      }
      return Nameless;
    };

    expect(declare).toThrow(
      new StudiesError(
        'INVALID_OPTIONS',
        '@Candidate() on Nameless.find: "experiment" is wrong: too small: expected string to have >=1 characters.',
        { fields: [{ field: 'experiment', reason: 'is wrong: too small: expected string to have >=1 characters' }] },
      ),
    );
  });
});
