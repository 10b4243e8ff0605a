package dev.atoll.guest;

/** The agent in gVisor. */
class GvisorAgentIT extends AgentContract {
  @Override
  TestCell boot() throws Exception {
    return new GvisorCell(GvisorCell.findProgram());
  }

  @Override
  int bulk() {
    return 8 << 20;
  }
}
