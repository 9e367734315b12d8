namespace SimServe.Policies.AddOns;

/// <summary>Which step's residuals a U-Net adds where its ControlNets run on other devices.</summary>
public enum ControlMode
{
    /// <summary>Those of the step under way: the image is that of ControlNets on the worker.</summary>
    Synchronous,

    /// <summary>Those of the step before, so that links have a whole step to bring them; a request's first step waits for its own. Source: Katz (ATC '25), sections 5 and 9.3.</summary>
    OneStepStale,
}
