package dev.atoll.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.StepEvent;
import com.sun.jdi.event.VMStartEvent;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.StepRequest;
import dev.atoll.conformance.FaultPoint.Moment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A debugger of servers, one after the other: it holds the first thread that comes to a fault
 * point, and lets all others go on. So the server itself has no code for it, and several of its
 * operations can be held at once, each at its own point, before it is killed.
 */
final class FaultDebugger implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(60);
  private static final String HOLD = "hold";

  private final ListeningConnector connector;
  private final Map<String, Connector.Argument> arguments;
  private final String address;
  private final BlockingQueue<VirtualMachine> connected = new LinkedBlockingQueue<>();
  private volatile Optional<VirtualMachine> machine = Optional.empty();
  private volatile Optional<Hold> atStart = Optional.empty();

  private FaultDebugger(ListeningConnector connector, Map<String, Connector.Argument> arguments)
      throws IOException, IllegalConnectorArgumentsException {
    this.connector = connector;
    this.arguments = arguments;
    address = connector.startListening(arguments);
  }

  /** One that waits for servers, on a free loopback port. */
  static FaultDebugger listen() throws IOException, IllegalConnectorArgumentsException {
    ListeningConnector connector =
        Bootstrap.virtualMachineManager().listeningConnectors().stream()
            .filter(each -> each.transport().name().equals("dt_socket"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    Optional.ofNullable(arguments.get("localAddress")).orElseThrow().setValue("127.0.0.1");
    FaultDebugger debugger = new FaultDebugger(connector, arguments);
    Thread.ofPlatform().daemon().name("fault-debugger").start(debugger::run);
    return debugger;
  }

  /** The flags of a JVM that this one debugs. */
  List<String> flags() {
    String port = address.substring(address.lastIndexOf(':') + 1);
    return List.of(
        "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=127.0.0.1:" + port,
        // A virtual thread that is held keeps its carrier, of which there are as few as cores.
        "-Djdk.virtualThreadScheduler.parallelism=32",
        // None lives long enough to be worth more.
        "-XX:TieredStopAtLevel=1");
  }

  /** Debugs the server that was started last. */
  void attach() throws InterruptedException {
    VirtualMachine next = connected.poll(CONNECT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(next).as("a server that is debugged").isNotNull();
    machine = Optional.of(next);
  }

  /** Lets all that are held go on. */
  void release() {
    try {
      machine.ifPresent(VirtualMachine::dispose);
    } catch (VMDisconnectedException killed) {
      return;
    }
  }

  /** Holds the next thread that comes to that point. */
  Hold hold(FaultPoint point) {
    Hold hold = new Hold(point);
    hold.arm(machine.orElseThrow());
    return hold;
  }

  /** Holds the first thread of the next server that comes to that point. */
  Hold holdAtStart(FaultPoint point) {
    Hold hold = new Hold(point);
    atStart = Optional.of(hold);
    return hold;
  }

  @Override
  public void close() throws IOException, IllegalConnectorArgumentsException {
    connector.stopListening(arguments);
  }

  private void run() {
    try {
      while (true) {
        follow(connector.accept(arguments));
      }
    } catch (IOException | IllegalConnectorArgumentsException closed) {
      return;
    }
  }

  private void follow(VirtualMachine server) {
    try {
      while (true) {
        EventSet events = server.eventQueue().remove();
        boolean goesOn = true;
        for (Event event : events) {
          if (event instanceof VMStartEvent) {
            atStart.ifPresent(hold -> hold.arm(server));
            atStart = Optional.empty();
            connected.add(server);
          } else if (event.request() != null
              && event.request().getProperty(HOLD) instanceof Hold hold) {
            goesOn &= hold.goesOn(server, event);
          }
        }
        if (goesOn) {
          events.resume();
        }
      }
    } catch (VMDisconnectedException killed) {
      return;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** A point at which one thread is held, once. */
  static final class Hold {
    private final FaultPoint point;
    private final CountDownLatch held = new CountDownLatch(1);
    private final List<EventRequest> requests = new CopyOnWriteArrayList<>();

    private Hold(FaultPoint point) {
      this.point = point;
    }

    /** Waits until a thread is held; whether there is one within that time. */
    boolean await(Duration limit) throws InterruptedException {
      return held.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void arm(VirtualMachine server) {
      ClassPrepareRequest loaded = server.eventRequestManager().createClassPrepareRequest();
      loaded.addClassFilter(point.type());
      enable(loaded);
      server.classesByName(point.type()).forEach(type -> stopIn(server, type));
    }

    private void stopIn(VirtualMachine server, ReferenceType type) {
      List<Method> methods = type.methodsByName(point.method());
      assertThat(methods).as("methods of %s", point).isNotEmpty();
      for (Method method : methods) {
        if (method.declaringType().equals(type) && !method.isAbstract()) {
          BreakpointRequest request =
              server.eventRequestManager().createBreakpointRequest(method.location());
          enable(request);
        }
      }
    }

    private void enable(EventRequest request) {
      request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
      request.putProperty(HOLD, this);
      requests.add(request);
      request.enable();
    }

    /** Whether the thread of an event goes on. */
    private boolean goesOn(VirtualMachine server, Event event) {
      switch (event) {
        case ClassPrepareEvent loaded -> {
          stopIn(server, loaded.referenceType());
          return true;
        }
        case BreakpointEvent reached -> {
          server.eventRequestManager().deleteEventRequests(List.copyOf(requests));
          requests.clear();
          if (point.moment() == Moment.AFTER) {
            StepRequest out =
                server
                    .eventRequestManager()
                    .createStepRequest(
                        reached.thread(), StepRequest.STEP_MIN, StepRequest.STEP_OUT);
            out.addCountFilter(1);
            enable(out);
            return true;
          }
        }
        case StepEvent _ -> {
          // It has come back.
        }
        default -> {
          return true;
        }
      }
      held.countDown();
      return false;
    }
  }
}
