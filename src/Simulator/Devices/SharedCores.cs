namespace SimServe.Simulator.Devices;

/// <summary>What the workers of one machine do to each other by computing at once: they share caches, memory bandwidth, and on many processors the cores themselves.</summary>
/// <remarks>
/// Profiles are measured with all workers busy. Where fewer are, a step takes a share of that time, which was measured too. The shares of a profile belong to as many
/// workers as it was measured with; a machine with more is taken to have so many more cores: from there on nothing gets slower.
/// </remarks>
/// <param name="shares">Time of a step when 1, 2, ... workers compute over that when all of the profile's do; above 0.</param>
internal sealed class SharedCores(IReadOnlyList<double> shares)
{
    private readonly List<IComputing> _computing = [];

    // For whoever computes now.
    public double Share { get; private set; } = shares[0];

    public void Begin(IComputing device)
    {
        _computing.Add(device);
        Change();
    }

    public void End(IComputing device)
    {
        if (_computing.Remove(device))
        {
            Change();
        }
    }

    private void Change()
    {
        var share = shares[Math.Clamp(_computing.Count, 1, shares.Count) - 1];
        if (share == Share)
        {
            return;
        }

        Share = share;
        for (var i = 0; i < _computing.Count; i++)
        {
            _computing[i].Reprice();
        }
    }
}
