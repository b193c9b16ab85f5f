import { connect, type Channel, type ChannelModel } from 'amqplib';
import { REQUIRED } from '../contract/databases.js';

/** Where RabbitMQ is looked for, unless the environment says otherwise. */
export const RABBITMQ = process.env['STUDIES_TEST_RABBITMQ'] ?? 'amqp://guest:guest@127.0.0.1:5672';

/** A queue of a test's own, as somebody sees it who has nothing to do with the application. */
export class WatchedQueue {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: Channel,
    readonly name: string,
  ) {}

  /**
   * Makes one that is empty.
   *
   * @throws Error where RabbitMQ can't be reached
   */
  static async make(name: string): Promise<WatchedQueue> {
    const connection = await connect(RABBITMQ);
    const channel = await connection.createChannel();
    await channel.deleteQueue(name);
    await channel.assertQueue(name, { durable: false });
    return new WatchedQueue(connection, channel, name);
  }

  /** Gives the bodies of the messages that nobody has taken: those of a consumer that is gone without acknowledging them, too. */
  async left(): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const message = await this.channel.get(this.name, { noAck: true });
      if (message === false) return bodies;
      bodies.push(message.content.toString());
    }
  }

  async remove(): Promise<void> {
    await this.channel.deleteQueue(this.name);
    await this.connection.close();
  }
}

/** Whether RabbitMQ answers. Where it is required, and doesn't, that fails the tests. */
export async function hasRabbitMq(): Promise<boolean> {
  try {
    const connection = await connect(RABBITMQ);
    await connection.close();
    return true;
  } catch (error) {
    if (REQUIRED) throw new Error("RabbitMQ is required, and can't be reached.", { cause: error });
    process.stderr.write(`\nLeft out: the tests on RabbitMQ, which can't be reached (${String(error)}).\n`);
    return false;
  }
}
