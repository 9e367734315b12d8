using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Tests.Engine;

/// <summary>Writes down which tokens it was handed.</summary>
internal sealed class Recorder : IEventHandler
{
    public List<int> Tokens { get; } = [];

    public void Handle(int token) => Tokens.Add(token);
}
