/**
 * Three kinds of promises, checked from outside.
 *
 * <p>{@link dev.atoll.conformance.HouseTest} holds the modules to the arrows that ARCHITECTURE.md
 * draws.
 *
 * <p>{@link dev.atoll.conformance.ClientSuite} starts a server of one tier ({@link
 * dev.atoll.conformance.RunningServer}), installs each version of the official client ({@link
 * dev.atoll.conformance.OfficialClient}) and runs the Node programs of {@code conformance/node}
 * with it; a Node test comes back as a line of JSON ({@link dev.atoll.conformance.NodeResult}) and
 * is one test of ours.
 *
 * <p>The other {@code *IT} classes hold servers, the command line ({@link
 * dev.atoll.conformance.AtollProcess}) and the Java SDK to what they say, each as processes of
 * their own; what a server may not leave on the host is in {@link dev.atoll.conformance.Leftovers}.
 * {@link dev.atoll.conformance.FaultPointsIT} is a server's debugger, and kills it at each
 * transition of {@link dev.atoll.conformance.FaultTable}, in the midst of a {@link
 * dev.atoll.conformance.FaultScenario}. {@link dev.atoll.conformance.WorkerProcessIT} drives a
 * worker without a server, as a control plane on another host would.
 */
@NullMarked
package dev.atoll.conformance;

import org.jspecify.annotations.NullMarked;
