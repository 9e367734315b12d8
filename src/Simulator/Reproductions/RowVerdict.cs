namespace SimServe.Simulator.Reproductions;

/// <summary>How a row came out.</summary>
public enum RowVerdict
{
    /// <summary>Ours is within the experiment's tolerance of the target.</summary>
    Within,

    /// <summary>It is not, and the stated reason covers how far it is off.</summary>
    Explained,

    /// <summary>It is not, and nothing explains it.</summary>
    Missed,

    /// <summary>There is nothing to hold it against.</summary>
    NotJudged,
}
