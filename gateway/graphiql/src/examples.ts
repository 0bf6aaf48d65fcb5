/** One tab of the first visit: an operation that works for whoever is signed in, at least in part. */
export interface Example {
  query: string;
  variables?: string;
}

const whoAmI = `# Who am I, where do I belong, and how is the fleet? (accounts, organisations, telemetry, billing)
query Me {
  me {
    id
    displayName
    email
    roles { name }
    organisation {
      id
      name
      kind
      status
      wallet { available { formatted } }
      fleet {
        machines
        running
        cpuAverage
        healthAverage
        topConsumers(metric: CPU, first: 3) {
          value
          vm { id name hourlyCost { formatted } }
        }
      }
    }
  }
}
`;

const liveMachines = `# The newest sample of every machine, live, with what each machine costs (telemetry, billing)
subscription LiveMachines {
  vmSamples {
    at
    cpuPercent
    memoryUsedBytes
    vm {
      id
      name
      hourlyCost { formatted }
    }
  }
}
`;

const money = `# Wallets of the estate and their last movements (billing)
query Wallets {
  wallets(first: 5) {
    nodes {
      id
      organisation { name }
      currency
      state
      available { formatted }
      held { formatted }
      transactions(first: 5) {
        nodes {
          amount { formatted }
          balanceAfter { formatted }
          entry { kind description recordedAt }
        }
      }
    }
  }
}
`;

const notifications = `# What happened lately (messaging), and new ones as they come: choose the operation beside the play button
query Notifications {
  me {
    notifications(first: 10) {
      unreadCount
      nodes { id kind severity title body at readAt }
    }
  }
}

subscription NewNotifications {
  notificationReceived {
    cursor
    unreadCount
    notification { id kind severity title at }
  }
}
`;

const trail = `# Who did what, and what was refused (organisations); needs the permission audit:read
query Trail {
  auditEntries(first: 20) {
    nodes {
      at
      action
      outcome
      problem
      resource
      resourceId
      organisation { name }
      user { displayName }
      requestId
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

export const examples: Example[] = [whoAmI, liveMachines, money, notifications, trail].map((query) => ({ query }));
