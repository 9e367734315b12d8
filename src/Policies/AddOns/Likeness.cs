namespace SimServe.Policies.AddOns;

/// <summary>How alike two sets of pictures or latents are, pair by pair.</summary>
/// <param name="Mean">The mean over pairs, from -1 to 1; 1: the same.</param>
/// <param name="Least">The least alike pair's.</param>
public readonly record struct Likeness(double Mean, double Least)
{
    /// <summary>Of what is the same.</summary>
    public static readonly Likeness Same = new(1, 1);
}
