namespace SimServe.Slimming.Plans;

/// <summary>Whose plan it is.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Identity">Hash of the weights that the energies were measured on.</param>
public sealed record PlanModel(string Name, string Identity);
