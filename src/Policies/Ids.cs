namespace SimServe.Policies;

/// <summary>A request's number within its run, from 0 in order of arrival.</summary>
/// <param name="Value">0 or more.</param>
public readonly record struct RequestId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"r{Value}";
}

/// <summary>A worker's number within its fleet, from 0.</summary>
/// <param name="Value">0 or more.</param>
public readonly record struct WorkerId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"w{Value}";
}

/// <summary>An edit template's number within its run, from 0.</summary>
/// <param name="Value">0 or more.</param>
public readonly record struct TemplateId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"t{Value}";
}

/// <summary>A tenant's number within its run, from 0.</summary>
/// <param name="Value">0 or more.</param>
public readonly record struct TenantId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"u{Value}";
}
