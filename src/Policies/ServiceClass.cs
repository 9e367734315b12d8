namespace SimServe.Policies;

/// <summary>What a group of requests was promised.</summary>
/// <param name="Name">Name in scenarios and reports.</param>
/// <param name="Priority">Higher goes first where a policy asks for it; any number.</param>
/// <param name="Objective">Latency objective, greater than zero, or <c>null</c>.</param>
public sealed record ServiceClass(string Name, int Priority = 0, TimeSpan? Objective = null)
{
    /// <summary>The class of requests that were promised nothing.</summary>
    public static readonly ServiceClass Default = new("default");
}
